"""What an office shows of itself in public, and what the public tells it of its pages."""
