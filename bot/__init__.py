"""The room that talks: Bolt listeners, Block Kit, delivery and the command line."""
