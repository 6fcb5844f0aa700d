"""What would become the reference, or what a change made of it: grouped, shown, and told why."""
