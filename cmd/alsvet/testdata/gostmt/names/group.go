package names

import (
	"fmt"
	"os"
)

func group() {
	go fmt.Println(os.Args) // want `without`
}
