"""A hub with much in it: rows by the thousand in every table that a page lists."""
