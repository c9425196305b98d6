"""The member portal: what was shared, what it means for this lab, and what became of its pushes."""
