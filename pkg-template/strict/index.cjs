/** Types alone: see index.d.cts. */
