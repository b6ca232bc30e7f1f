package names

func none(als int) {
	go func(alsgo int) { // want `without`
		work(alsgo)
	}(als)
}
