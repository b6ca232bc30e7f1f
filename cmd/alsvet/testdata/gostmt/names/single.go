package names

import "log" // prints

func single() {
	go log.Println("a") // want `without`
	go log.Println("b") // want `without`
}
