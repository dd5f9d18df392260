"""The evaluation: data are reduced to exact moments in one scan, and moments to effects with honest uncertainty."""
