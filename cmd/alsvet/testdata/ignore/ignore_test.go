package ignore

import "testing"

func Test(t *testing.T) {
	go work() //alsvet:ignore with -gostmt.tests it would be reported
}
