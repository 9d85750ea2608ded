"""Every kind of destination against its vendor's emulator."""
