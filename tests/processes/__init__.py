"""Stories with `clearance run` as a process of its own: killed, stopped, left alone, several at once."""
