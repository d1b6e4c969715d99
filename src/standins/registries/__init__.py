"""Made-up registries of taxpayers: GUS, VIES and the white list, for tests and the demo."""
