package console

// who is the argument of commands about somebody: who is talked to, if it is left out.
var who = Arg{Name: "contact", Kind: Contact, Optional: true}

// Whom a command is about if nobody is named.
const current = "Without a name it is about the conversation that is open."

var onOff = []string{"on", "off"}

// commands is the table of all commands.
var commands = []Command{
	{
		Name: "add", Group: People, Private: true,
		Args: []Arg{
			{Name: "link", Kind: Link, Optional: true},
			{Name: "name", Kind: Text, Optional: true},
			{Name: "introduction", Kind: Rest, Optional: true},
		},
		Summary: "Ask somebody to become a contact",
		Help: `LINK is what they gave you: a line that begins with onionwire:, a multiaddr, or an
image file with a QR code of it. NAME is what you want to call them; they do not see it.
INTRODUCTION is what they read before they answer. Without a link, a form asks for all
of it. What you write to them waits until they accept.`,
		Examples: []string{"/add onionwire:aeb… Bob", `/add ~/Pictures/bob.png Bob Hello, it is Alice from work`},
	},
	{
		Name: "accept", Group: People, Args: []Arg{{Name: "request", Kind: Request, Optional: true}},
		Summary: "Say yes to a request",
		Help: `They become a contact: you can write to each other, and see when the other is online.
Without a name the list of requests opens.`,
	},
	{
		Name: "reject", Group: People, Args: []Arg{{Name: "request", Kind: Request, Optional: true}},
		Summary: "Say no to a request",
		Help: `They are not told. They can ask again; block those who do not stop. Without a name the
list of requests opens.`,
	},
	{
		Name: "requests", Group: People,
		Summary: "Show who asks to become a contact",
		Help:    `Nobody can write to you, send files or see when you are online before you accept.`,
	},
	{
		Name: "block", Group: People, Args: []Arg{{Name: "contact", Kind: Contact, Optional: true}},
		Summary: "Take nothing from somebody any more",
		Help: `Their calls are refused, and what waits for them is kept. They are not told, but can find
out: they see you as offline. ` + current,
	},
	{
		Name: "unblock", Group: People, Args: []Arg{{Name: "contact", Kind: Blocked}},
		Summary: "Take messages from somebody again",
		Help:    `They are what they were before: a contact, or somebody who asks.`,
	},
	{
		Name: "verify", Group: People, Args: []Arg{who, {Name: "number", Kind: Rest, Optional: true}},
		Summary: "Compare safety numbers with a contact",
		Help: `Two people who see the same safety number are sure that nobody is between them. Compare
it over another way: face to face, or on the telephone if you know the voice. The number
can be a picture of the QR code that they show as well, by its file name. ` + current,
	},
	{
		Name: "ask", Group: People, Args: []Arg{who},
		Summary: "Ask once more to become a contact",
		Help: `For those who have not answered, or who say that they do not know you, as after they made
a new profile. ` + current,
	},
	{
		Name: "rename", Group: People, Args: []Arg{who, {Name: "name", Kind: Text}},
		Summary: "Call a contact something else",
		Help: `Only you see that name. An empty one, "", brings back what they call themselves.
` + current,
		Examples: []string{"/rename Robert", `/rename Bob "Bob from work"`},
	},
	{
		Name: "forget", Group: People, Args: []Arg{{Name: "contact", Kind: Contact, Optional: true}},
		Summary: "Delete a contact and what was written",
		Help: `The keys shared with them are erased, and all messages here. That cannot be undone, so it
is asked first. ` + current,
	},
	{
		Name: "mute", Group: People, Args: []Arg{who},
		Summary: "Have no bell and no notification for a conversation",
		Help:    `Messages come as before, and are counted. ` + current,
	},
	{
		Name: "unmute", Group: People, Args: []Arg{who},
		Summary: "Have bell and notification again", Help: current,
	},
	{
		Name: "goto", Aliases: []string{"open"}, Group: People, Args: []Arg{{Name: "contact", Kind: Contact, Optional: true}},
		Summary: "Open a conversation", Help: `Without a name a list opens that is searched while you type.`,
	},
	{
		Name: "close", Group: People, Summary: "Close the conversation that is open",
		Help: `Only its tab goes: nothing is deleted.`,
	},

	{
		Name: "search", Aliases: []string{"find"}, Group: Messages, Args: []Arg{{Name: "words", Kind: Rest, Optional: true}},
		Summary:  "Find messages by their words",
		Help:     `All conversations are searched, on this machine. Enter on a result goes to it.`,
		Examples: []string{"/search train tomorrow"},
	},
	{
		Name: "file", Aliases: []string{"send"}, Group: Messages, Args: []Arg{{Name: "path", Kind: Path}},
		Summary: "Offer a file to the contact",
		Help: `They have to accept it. A transfer that breaks off goes on by itself where it stopped.
Tab completes the path.`,
		Examples: []string{"/file ~/Documents/report.pdf", `/file "holiday photo.jpg"`},
	},
	{
		Name: "files", Group: Messages, Summary: "Show files that are offered and transferred",
		Help: `There they are accepted, declined, paused, resumed and called off.`,
	},
	{
		Name: "timer", Group: Messages, Args: []Arg{{Name: "time", Kind: Duration}},
		Summary: "Have messages disappear after a time, on both sides",
		Help: `For messages from now on, counted from when they are read. "off" keeps them. Nobody can
be stopped from keeping a copy.`,
		Examples: []string{"/timer 1d", "/timer off"},
	},
	{
		Name: "expire", Group: Messages, Args: []Arg{{Name: "time", Kind: Duration}},
		Summary: "Give up on messages that wait too long for a contact",
		Help: `What could not be delivered by then is marked as expired and not sent any more. "never"
waits as long as it takes, "default" does as the settings say.`,
		Examples: []string{"/expire 3d", "/expire never"},
	},
	{
		Name: "editor", Aliases: []string{"edit"}, Group: Messages, Summary: "Write the message in your editor",
		Help: `$VISUAL or $EDITOR, unless the settings name another. What you save is in the composer
afterwards, to be sent or not.`,
	},

	{
		Name: "link", Group: Network, Summary: "Show your contact link",
		Help: `Give it to those who shall be able to ask you. Who has it can also see whether you are
online. It is no secret, but nothing to publish carelessly.`,
	},
	{
		Name: "qr", Group: Network, Args: []Arg{{Name: "file", Kind: Path, Optional: true}},
		Summary:  "Show your contact link as a QR code, or save it as an image",
		Help:     `With a FILE the code is written there as a PNG. A file that exists is not overwritten.`,
		Examples: []string{"/qr", "/qr ~/me.png"},
	},
	{
		Name: "invite", Group: Network, Args: []Arg{{Name: "note", Kind: Rest, Optional: true}},
		Summary: "Make a link that works once, without asking",
		Help: `Whoever uses it first becomes a contact at once. Give it to one person, over a way that
nobody else can read. NOTE is for yourself. /invites lists the links that nobody has used.`,
		Examples: []string{"/invite Carol, by letter"},
	},
	{
		Name: "invites", Group: Network, Summary: "Show the links that work once and were not used",
		Help: `There they are withdrawn: who has one cannot use it any more.`,
	},
	{
		Name: "status", Group: Network, Summary: "Show how Tor and your address are doing",
		Help: `How far Tor has come, whether contacts can reach you, what waits, and what went wrong last.`,
	},
	{
		Name: "ping", Group: Network, Args: []Arg{who},
		Summary: "Measure how long a contact takes to answer",
		Help:    `A connection is made if there is none, which can take a minute. ` + current,
	},
	{
		Name: "bridge", Group: Network, Args: []Arg{{Name: "line", Kind: Rest, Optional: true}}, Private: true,
		Summary: "Get to Tor where it is blocked",
		Help: `LINE is a bridge line, as you get it from https://bridges.torproject.org or by mail from
bridges@torproject.org. It is added to those that are set; "off" takes all of them away.
That holds from the next start on. Without a line, what is set is shown.`,
		Examples: []string{"/bridge obfs4 192.0.2.7:443 …", "/bridge off"},
	},

	{
		Name: "settings", Aliases: []string{"set"}, Group: Program,
		Args:    []Arg{{Name: "setting", Kind: Setting, Optional: true}, {Name: "value", Kind: Rest, Optional: true}},
		Summary: "Show the settings, or change one",
		Help:    `Tab completes the names of settings. Without a name all of them are shown.`,
	},
	{
		Name: "theme", Group: Program, Args: []Arg{{Name: "name", Kind: Theme, Optional: true}},
		Summary: "Change the colours",
		Help: `dark, light, 16 for terminals with few colours, plain for none, auto for what fits the
terminal. Without a name, the next one.`,
	},
	{
		Name: "mouse", Group: Program, Args: []Arg{{Name: "state", Kind: Choice, Choices: onOff}},
		Summary: "Use the mouse, or leave it to the terminal",
		Help:    `With "off" the terminal can mark text as usual. With "on", Shift often does that.`,
	},
	{
		Name: "keys", Group: Program, Summary: "Show the keys, and change them",
		Help: `Each action can have other keys, or none. They are kept in the settings file of the profile.`,
	},
	{
		Name: "lock", Group: Program, Summary: "Lock: passphrase needed to go on",
		Help: `Keys and messages leave the memory of this program and the screen. A node that runs on its
own, as with "onionwire serve", goes on; one that runs in here stops until you unlock.`,
	},
	{
		Name: "help", Aliases: []string{"?"}, Group: Program, Args: []Arg{{Name: "command", Kind: Name, Optional: true}},
		Summary: "Show keys and commands, or explain one command",
		Help:    `A command that you have begun to type is explained as well.`, Examples: []string{"/help timer"},
	},
	{
		Name: "quit", Aliases: []string{"exit", "q"}, Group: Program, Summary: "End the program",
		Help: `What waits is kept, and sent the next time.`,
	},
}
