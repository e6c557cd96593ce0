// Any value as one line of text, to the last digit: members by name, numbers round-trip, strings with all that is not ASCII escaped.
using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Xml;

static class Dump {
  public static string Of(object value) {
    if (value == null) return "null";
    var type = value.GetType();
    if (value is string) return Quoted((string)value);
    if (value is Uri) return "Uri " + Quoted(((Uri)value).OriginalString);
    if (value is byte[]) return "[" + Convert.ToBase64String((byte[])value) + "]";
    if (value is double) return ((double)value).ToString("R", CultureInfo.InvariantCulture) + (IsNegativeZero((double)value) ? "-" : "");
    if (value is float) return ((float)value).ToString("R", CultureInfo.InvariantCulture) + (IsNegativeZero((float)value) ? "f-" : "f");
    if (value is DateTime) return XmlConvert.ToString((DateTime)value, XmlDateTimeSerializationMode.RoundtripKind);
    if (value is DateTimeOffset) return ((DateTimeOffset)value).ToString("o", CultureInfo.InvariantCulture);
    if (value is char) return "char " + (int)(char)value;
    if (value is TimeSpan) return ((TimeSpan)value).Ticks + " ticks";
    if (value is Enum) return value + " = " + Convert.ToInt64(value);
    if (type.IsPrimitive || value is decimal || value is Guid) return type.Name + " " + Convert.ToString(value, CultureInfo.InvariantCulture);
    var entries = value as IDictionary;
    if (entries != null) return "{" + string.Join(", ", entries.Keys.Cast<object>().Select(key => Of(key) + " => " + Of(entries[key]))) + "}";
    var list = value as IEnumerable;
    if (list != null) return "[" + string.Join(", ", list.Cast<object>().Select(Of)) + "]";
    var fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance).Where(f => f.Name != "ExtensionData");
    return type.Name + "(" + string.Join(", ", fields.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => f.Name + ": " + Of(f.GetValue(value)))) + ")";
  }

  static bool IsNegativeZero(double value) {
    return value == 0 && double.IsNegativeInfinity(1 / value);
  }

  public static string Quoted(string text) {
    var quoted = new StringBuilder("'");
    foreach (var c in text) quoted.Append(c < ' ' || c > '~' || c == '\'' || c == '\\' ? "\\u" + ((int)c).ToString("x4") : c.ToString());
    if (quoted.Length > 2000) return "'" + text.Length + " characters, hash " + text.Aggregate(17u, (hash, c) => unchecked(hash * 31 + c)) + "'";
    return quoted.Append('\'').ToString();
  }
}
