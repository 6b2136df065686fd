package keys

// Parts of the interface that are lists: what is done to the item that is chosen.
const (
	RequestList  Where = "request-list"
	FileList     Where = "file-list"
	LinkView     Where = "link-view"
	InviteList   Where = "invite-list"
	Verification Where = "verification"
	Question     Where = "question"
	SettingList  Where = "setting-list"
	ValueList    Where = "value-list"
	KeyList      Where = "key-list"
	StatusView   Where = "status-view"
	HelpPage     Where = "help-page"
)

// Actions of single dialogs.
const (
	AcceptRequest Action = "accept-request"
	RejectRequest Action = "reject-request"
	BlockRequest  Action = "block-request"

	AcceptFile  Action = "accept-file"
	DeclineFile Action = "decline-file"
	PauseFile   Action = "pause-file"
	CancelFile  Action = "cancel-file"

	CopyLink   Action = "copy-link"
	SaveCode   Action = "save-code"
	NewInvite  Action = "new-invite"
	DropInvite Action = "drop-invite"

	SameNumber      Action = "same-number"
	DifferentNumber Action = "different-number"

	DefaultSetting Action = "default-setting"
	AddValue       Action = "add-value"
	DropValue      Action = "drop-value"

	AddKey      Action = "add-key"
	DropKeys    Action = "drop-keys"
	DefaultKeys Action = "default-keys"

	SetBridge Action = "set-bridge"

	HelpClose Action = "help-close"
	HelpOn    Action = "help-on"

	Yes         Action = "yes"
	No          Action = "no"
	OtherAnswer Action = "other-answer"
)

// dialogs are the bindings of single dialogs, which go before those of all dialogs.
func dialogs() []Binding {
	return []Binding{
		{RequestList, AcceptRequest, []string{"a"}, "accept"},
		{RequestList, RejectRequest, []string{"r"}, "reject"},
		{RequestList, BlockRequest, []string{"b"}, "block"},

		{FileList, AcceptFile, []string{"a"}, "accept"},
		{FileList, DeclineFile, []string{"d"}, "decline"},
		{FileList, PauseFile, []string{"p"}, "pause or resume"},
		{FileList, CancelFile, []string{"x"}, "call off"},

		{LinkView, CopyLink, []string{"c"}, "copy"},
		{LinkView, SaveCode, []string{"s"}, "save the code as an image"},
		{LinkView, NewInvite, []string{"i"}, "link that works once"},

		{InviteList, DropInvite, []string{"w"}, "withdraw"},

		{Verification, SameNumber, []string{"ctrl+s"}, "they are the same"},
		{Verification, DifferentNumber, []string{"ctrl+d"}, "they are different"},

		{SettingList, DefaultSetting, []string{"d"}, "take back what was set"},

		{ValueList, AddValue, []string{"a"}, "add"},
		{ValueList, DropValue, []string{"x"}, "remove"},

		{KeyList, AddKey, []string{"alt+a"}, "one more key"},
		{KeyList, DropKeys, []string{"alt+x"}, "no key"},
		{KeyList, DefaultKeys, []string{"alt+d"}, "as it comes"},

		{StatusView, SetBridge, []string{"b"}, "set a bridge"},

		{Question, Yes, []string{"y"}, "yes"},
		{Question, No, []string{"n"}, "no"},
		{Question, OtherAnswer, []string{"left", "right"}, "the other answer"},

		{HelpPage, HelpClose, []string{"q"}, "close"},
		{HelpPage, HelpOn, []string{"space"}, "page down"},
	}
}
