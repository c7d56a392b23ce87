"""The matching core: who could take which help request, and why; arrays in, arrays and reasons out."""
