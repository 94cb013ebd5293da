"""`make bench`: every benchmark in this folder, one after the other."""

import importlib
import pkgutil

import tests.bench

for module in pkgutil.iter_modules(tests.bench.__path__):
    if module.name != "__main__":
        bench = importlib.import_module(f"tests.bench.{module.name}")
        print(f"\n{module.name}: {(bench.__doc__ or '').splitlines()[0]}")
        bench.main()
