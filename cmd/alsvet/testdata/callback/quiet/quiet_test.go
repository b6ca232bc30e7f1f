package main

import (
	"testing"
	"time"
)

func Test(t *testing.T) {
	time.AfterFunc(time.Second, work)
}
