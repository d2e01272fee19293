"""The inbox of alerts: what is wrong, who looks after it, what is silent and why."""
