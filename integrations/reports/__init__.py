"""What the city learns: one noun a report, made from `integrations/facts.py` alone, so that nobody's name, words or phone can be in one."""
