Console.WriteLine("endpoints");
