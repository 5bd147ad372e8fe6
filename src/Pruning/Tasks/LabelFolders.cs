namespace Endpoints.Pruning.Tasks;

/// <summary>Reads a part of a task from text files, one example each, in a folder for each label, as the Large Movie Review Dataset has them.</summary>
internal static class LabelFolders
{
    /// <summary>Label after label, files in the order of their names, so that every machine reads the same order.</summary>
    /// <exception cref="TaskException">A label's folder is missing, or a file is empty or no UTF-8.</exception>
    public static TaskPart Read(TaskDefinition definition, string path)
    {
        var examples = new List<Example>();
        for (int label = 0; label < definition.Labels.Length; label++)
        {
            string folder = Path.Combine(path, definition.Labels[label]);
            if (!Directory.Exists(folder))
            {
                throw new TaskException($"{path}: expected a folder of text files for each of the labels {string.Join(", ", definition.Labels)}, found no folder {definition.Labels[label]}.");
            }

            foreach (string file in Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal))
            {
                string text = TaskText.Read(file);
                examples.Add(!string.IsNullOrWhiteSpace(text) ? new Example(text, null, label, label) : throw new TaskException(
                    $"{file}: expected a text, found nothing. Remove the file."));
            }
        }

        return new TaskPart(examples, LeftOut: 0);
    }
}
