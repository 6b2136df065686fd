package profile_test

// childTask makes the test program a process that does something with a profile.
const childTask = "PROFILE_TEST_TASK"

func child(string) {}
