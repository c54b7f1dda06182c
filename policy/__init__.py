"""The pure room: facts, rulebooks, triage, verdicts, lifecycle and directory. No Slack, no SQL, no clock."""
