"""How do we speak to machines outside without being led to one inside?"""
