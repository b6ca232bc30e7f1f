package names

import "fmt" // prints

func single() {
	go fmt.Println("a") // want `without`
	go fmt.Println("b") // want `without`
}
