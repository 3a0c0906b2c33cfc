"""The page on loopback: two phones, the staff's side and what happens between, for trying Helpline without a token."""
