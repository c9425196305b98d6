from __future__ import annotations
import pytest
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.domain.disclosure import current_policy
from tests.forum import Forum, stix, indicator, relationship, now
from indicators.domain.stix.check import problems

@pytest.mark.django_db
def test_x():
    f = Forum.make()
    i = indicator("[domain-name:value = 'a.example']")
    f.push("alder", i)
    d = stix("domain-name", value="b.example"); d2=stix("domain-name", value="c.example")
    ip = {"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--"+"11111111-1111-4111-8111-111111111111","value":"203.0.113.5"}
    nt = {"type":"network-traffic","spec_version":"2.1","id":"network-traffic--11111111-1111-4111-8111-111111111111","protocols":["tcp"],"dst_ref":ip["id"]}
    things = [stix("note", content="hi", object_refs=[i["id"]]),
      stix("identity", name="Evil Corp", identity_class="organization"),
      stix("intrusion-set", name="X"), stix("threat-actor", name="Y"), stix("tool", name="Z"),
      {"type":"software","spec_version":"2.1","id":"software--11111111-1111-4111-8111-111111111111","name":"curl"}, ip, nt]
    a = stix("campaign", name="C"); b = things[2]
    things += [a, relationship(a, "attributed-to", b)]
    st = f.push("alder", *things)
    for _ in range(3):
      for h in HeldObject.objects.filter(state="open", part="object"):
        try: review.release(h.id, by="r", policy=current_policy(), now=now())
        except Exception as e: print("ERR", e)
      f.work()
    for e in f.status("alder", st.id).entries: print(e.original_id[:25], e.outcome, e.message)
    for o in f.feed(): print(o["type"], [ (p.path,p.message) for p in problems(o)], o)
    assert 0
