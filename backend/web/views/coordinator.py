"""Entering a request for somebody on the phone."""
