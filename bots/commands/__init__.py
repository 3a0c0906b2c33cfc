"""What each `helpline` command does; imported only when it is called."""
