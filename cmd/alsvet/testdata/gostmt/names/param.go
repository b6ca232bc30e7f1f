package names

// A parameter must not hide the package.
func param() {
	go func(als string) { // want `without`
		println(als)
		work(1)
	}(user.Get())
}
