"""Where findings go. Each output is one module that gets plain values and writes them somewhere."""
