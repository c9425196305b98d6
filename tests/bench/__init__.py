"""Benchmarks: what is claimed to be quick, measured. `./dev bench [NAME …]` runs them.

A benchmark is a function with a limit. What is printed and compared is the CPU time of its best
run, which a busy machine disturbs least; tests never compare times. Without services: what needs a
database is measured where it is tested.
"""
