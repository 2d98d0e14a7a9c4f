"""What all doors share in presentation: one stylesheet, charts, number formats, page frames."""
