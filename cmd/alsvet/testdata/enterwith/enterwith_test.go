package enterwith

import "testing"

func Test(t *testing.T) {
	user.EnterWith("test")
}
