"""onething: integrated government services that run from configuration. `ARCHITECTURE.md` draws the floors."""
