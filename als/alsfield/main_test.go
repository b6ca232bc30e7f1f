package alsfield_test

import (
	"os"
	"testing"

	"github.com/seed-1938943e/goroutine/als/alstest"
)

func TestMain(m *testing.M) { os.Exit(alstest.Main(m)) }
