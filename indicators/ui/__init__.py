"""What all pages for people share: who may open one, how lists behave, how things are written."""
