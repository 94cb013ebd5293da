"""What Mailflow does, checked on real parts."""
