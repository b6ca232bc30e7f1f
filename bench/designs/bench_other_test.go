//go:build !amd64

package designs_test

func allLoops() []loop { return loops }

func prepareAll() { prepare() }
