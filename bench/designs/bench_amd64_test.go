package designs_test

import "slices"

func allLoops() []loop { return slices.Concat(loops, loopsAMD64) }

func prepareAll() {
	prepare()
	prepareAMD64()
}
