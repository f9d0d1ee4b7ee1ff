package clinic

// Names of invented people. First names are ordinary, because nicknames and
// initials only mean something on those; last names are made up and look it,
// so that no line of a generated clinic can be taken for a real person's.
var (
	womensNames = []string{
		"Abigail", "Adelaide", "Agnes", "Alice", "Amelia", "Anneke", "Beatrice", "Bronwyn", "Camille",
		"Clara", "Cordelia", "Daphne", "Delia", "Edith", "Eleni", "Esther", "Fiona", "Flora",
		"Georgina", "Greta", "Harriet", "Hazel", "Imogen", "Ines", "Ingrid", "Ivy", "Joan", "Juniper",
		"Lakshmi", "Leila", "Linh", "Lotte", "Mabel", "Marguerite", "Mei", "Minna", "Nadia", "Nerida",
		"Olive", "Paloma", "Phoebe", "Priya", "Rosalind", "Saskia", "Sunita", "Sylvie", "Tabitha",
		"Tamsin", "Ursula", "Willa",
	}
	mensNames = []string{
		"Albert", "Ambrose", "Anselm", "Arjun", "Barnaby", "Basil", "Bruno", "Caspian", "Cedric",
		"Clement", "Cyril", "Dashiell", "Digby", "Duc", "Edgar", "Elias", "Emil", "Ezra", "Fergus",
		"Felix", "Gideon", "Gus", "Hamish", "Horatio", "Hugo", "Ignatius", "Ishaan", "Jasper", "Jonah",
		"Kasimir", "Lachlan", "Leopold", "Linus", "Magnus", "Malik", "Mervyn", "Ned", "Oberon", "Osric",
		"Percival", "Quentin", "Rafferty", "Reuben", "Rohan", "Rufus", "Silas", "Tadhg", "Tobias",
		"Wilfred", "Zebedee",
	}
	lastNames = []string{
		"Acornbury", "Applemarsh", "Bannockwell", "Barleyfold", "Bellwhistle", "Biscombe-Vale",
		"Blackthistle", "Bogglesworth", "Bramblecote", "Brindlewick", "Buttergrove", "Candlewright",
		"Cobbledick", "Copperpot", "Cranberry-Hill", "Crumplehorn", "Daisyfield", "Dapplemere",
		"Dillwater", "Doodlebeck", "Driftwood-Pike", "Dumblethorpe", "Elderstump", "Evenglade",
		"Featherstonehaugh", "Fennimire", "Fiddlecombe", "Flintshaw", "Foxglovers", "Gingerfell",
		"Glimmerstone", "Goosander", "Gorsebury", "Grizzlewood", "Gumblossom", "Hazeldip",
		"Heatherbank", "Hobblethwaite", "Honeyfold", "Hopscotch", "Inkerwell", "Jackanory", "Jellicote",
		"Jolliffe-Bream", "Kettlebrook", "Kindlewood", "Kookaburn", "Lamplighter", "Larkmeadow",
		"Lillipond", "Lobstergate", "Loosestrife", "Mallowfield", "Marblethwaite", "Merrydew",
		"Mistleigh", "Mossbanker", "Muddleford", "Nettlebed", "Nimblecroft", "Nutbourne", "Oatwhistle",
		"Orchardly", "Otterspool", "Paddlewick", "Parsnipper", "Pebblebrook", "Pennywhistle",
		"Periwink", "Pickleworth", "Pinecroft-Dale", "Plumtree", "Pobblebonk", "Quaggamire",
		"Quillfeather", "Quincewood", "Quokkaby", "Ramblewood", "Rivulet", "Rookhaven", "Rosellabrook",
		"Saltbushley", "Sandpiper", "Scrimshanker", "Shellharbourne", "Sixpenny", "Snapdragon",
		"Sorrelwood", "Spindrift", "Squirrell-Tait", "Tanglefoot", "Teasdalia", "Thimbleby",
		"Thistledown", "Tickleburn", "Toadflax", "Treacleton", "Tumblethorn", "Turnipseed", "Umberlow",
		"Underbough", "Vellumby", "Violetstone", "Waddlesworth", "Wagtailor", "Wattlebank",
		"Weatherglass", "Whimbrel", "Whistlecraft", "Wickersham-Dew", "Wigglesbury", "Willowherb",
		"Wimblefen", "Wombatton", "Woolgather", "Wrenfold", "Yabbybrook", "Yarrowby", "Yellowbeck",
		"Zephyrine",
	}
)
