"""What shows that figures can be trusted: published results beside ours, what every design assumes, and how often an
interval holds the truth. Each part writes one part of docs/reference."""
