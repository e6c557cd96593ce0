// JSON of what a caller tells: dictionaries, lists, strings, ints and null.
using System.Collections.Generic;
using System.Linq;
using System.Text;

static class Json {
  public static string Of(object value) {
    if (value == null) return "null";
    if (value is int) return value.ToString();
    if (value is string) return Quoted((string)value);
    var members = value as Dictionary<string, object>;
    if (members != null) return "{" + string.Join(",", members.Select(m => Quoted(m.Key) + ":" + Of(m.Value))) + "}";
    return "[" + string.Join(",", ((System.Collections.IEnumerable)value).Cast<object>().Select(Of)) + "]";
  }

  static string Quoted(string text) {
    var json = new StringBuilder("\"");
    foreach (var c in text) json.Append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? "\\u" + ((int)c).ToString("x4") : c.ToString());
    return json.Append('"').ToString();
  }
}
