//alsvet:ignore gostmt: nothing here serves a request

package ignore

func wholeFile() {
	go work()
	go work()
}
