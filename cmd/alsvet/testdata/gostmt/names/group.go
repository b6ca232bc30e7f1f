package names

import (
	"log"
	"os"
)

func group() {
	go log.Println(os.Args) // want `without`
}
