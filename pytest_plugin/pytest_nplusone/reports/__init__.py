"""Report files: each module has `write(results, path)`, reads `results.Results` and nothing else."""
