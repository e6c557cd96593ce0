// A WCF caller of the catalog: ChannelFactory with the service's own contract types. One line of text a row.
//
//   mono CatalogClient.exe VERSION WSDL URL,URL,... ROW...     VERSION: soap11, soap12 or ws. WSDL is not read.
//
// A row: `GetScalars row=1 > EchoScalars` calls, then echoes what came. `^` before a name: in a SOAP header.
using System;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Text;
using Contoso.Catalog;

static class CatalogClient {
  static int Main(string[] args) {
    Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
    Console.OutputEncoding = new UTF8Encoding(false);
    foreach (var url in args[2].Split(',')) {
      Console.WriteLine("# " + url);
      using (var factory = new ChannelFactory<ICatalog>(BindingOf(args[0]), new EndpointAddress(url))) {
        var service = factory.CreateChannel();
        foreach (var row in args.Skip(3)) Run(service, row);
      }
    }
    return 0;
  }

  static Binding BindingOf(string version) {
    var timeout = TimeSpan.FromSeconds(20);
    if (version == "soap11") {
      var basic = new BasicHttpBinding { MaxReceivedMessageSize = 16 << 20, SendTimeout = timeout };
      basic.ReaderQuotas.MaxStringContentLength = 1 << 20;
      return basic;
    }
    // What WSHttpBinding is without security and session.
    var addressed = version == "ws" ? MessageVersion.Soap12WSAddressing10 : MessageVersion.Soap12;
    var encoding = new TextMessageEncodingBindingElement(addressed, Encoding.UTF8);
    encoding.ReaderQuotas.MaxStringContentLength = 1 << 20;
    return new CustomBinding(encoding, new HttpTransportBindingElement { MaxReceivedMessageSize = 16 << 20 }) { SendTimeout = timeout };
  }

  static void Run(ICatalog service, string row) {
    var words = row.Split(' ');
    var echo = Array.IndexOf(words, ">");
    var given = words.Skip(1).Take((echo < 0 ? words.Length : echo) - 1).ToArray();
    try {
      var value = Call(service, words[0], method => Arguments(method, given));
      Console.WriteLine(row + ": " + Dump.Of(value));
      if (echo < 0) return;
      var back = Call(service, words[echo + 1], method => new[] { value });
      Console.WriteLine(row + ", back: " + Dump.Of(back));
    } catch (Exception error) {
      Console.WriteLine(row + ": " + Told(error));
    }
  }

  static object Call(ICatalog service, string name, Func<MethodInfo, object[]> arguments) {
    var method = typeof(ICatalog).GetMethod(name);
    try {
      return method.Invoke(service, arguments(method));
    } catch (TargetInvocationException error) {
      throw error.InnerException;
    }
  }

  static object[] Arguments(MethodInfo method, string[] given) {
    var parameters = method.GetParameters();
    var message = parameters[0].ParameterType;
    if (!message.IsDefined(typeof(MessageContractAttribute), false))
      return given.Select((pair, i) => Value(pair, parameters[i].ParameterType)).ToArray();
    var request = Activator.CreateInstance(message);
    if (request is BareRequest) {
      ((BareRequest)request).Item = new Item { Sku = given[0].Split('=')[1], Price = 1.50m };
      return new[] { request };
    }
    foreach (var pair in given) {
      var field = message.GetField(pair.Split('=')[0].TrimStart('^'));
      field.SetValue(request, Value(pair, field.FieldType));
    }
    return new[] { request };
  }

  static object Value(string pair, Type type) {
    return Convert.ChangeType(pair.Split('=')[1], type, CultureInfo.InvariantCulture);
  }

  static string Told(Exception error) {
    var fault = error as FaultException;
    if (fault == null) return "error " + error.GetType().Name + " " + error.Message;
    var detail = error.GetType().GetProperty("Detail");
    return "fault " + error.GetType().Name + " code " + fault.Code.Name + ", " + Dump.Quoted(fault.Message)
      + (detail == null ? "" : ", " + Dump.Of(detail.GetValue(error, null)));
  }
}
