// An ASMX caller of the baskets: SoapHttpClientProtocol as `wsdl.exe` writes it, with the service's own types. One line of text a row.
//
//   mono BasketsClient.exe VERSION WSDL URL,URL,... ROW...     VERSION: soap11 or soap12. WSDL is not read.
//
// A row: `GetBasket row=1 > EchoBasket` calls, then echoes what came. `^` before a name: in the SOAP header.
// No name: the value of a Body that is not wrapped.
using System;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Web.Services;
using System.Web.Services.Protocols;
using System.Xml.Serialization;
using Contoso.Baskets;

[WebServiceBinding(Name = "BasketsSoap", Namespace = Ns)]
[XmlInclude(typeof(GiftBasket))]
public class BasketsProxy : SoapHttpClientProtocol {
  const string Ns = "http://contoso.example/baskets";
  public Session SessionValue;

  [SoapDocumentMethod(Ns + "/GetBasket", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public Basket GetBasket(int row) { return (Basket)Invoke("GetBasket", new object[] { row })[0]; }

  [SoapDocumentMethod(Ns + "/EchoBasket", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public Basket EchoBasket(Basket value) { return (Basket)Invoke("EchoBasket", new object[] { value })[0]; }

  [SoapDocumentMethod(Ns + "/GetBaskets", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public Basket[] GetBaskets(int row) { return (Basket[])Invoke("GetBaskets", new object[] { row })[0]; }

  [SoapDocumentMethod(Ns + "/EchoBaskets", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public Basket[] EchoBaskets(Basket[] value) { return (Basket[])Invoke("EchoBaskets", new object[] { value })[0]; }

  [SoapDocumentMethod(Ns + "/Join", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public string Join(string left, string right) { return (string)Invoke("Join", new object[] { left, right })[0]; }

  [SoapHeader("SessionValue")]
  [SoapDocumentMethod(Ns + "/Count", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public int Count(string of) { return (int)Invoke("Count", new object[] { of })[0]; }

  [SoapDocumentMethod(Ns + "/Bare", ParameterStyle = SoapParameterStyle.Bare)]
  [return: XmlElement("BareResult", Namespace = Ns)]
  public int Bare([XmlElement(Namespace = Ns)] int Asked) { return (int)Invoke("Bare", new object[] { Asked })[0]; }

  [SoapDocumentMethod(Ns + "/Tell", RequestNamespace = Ns, OneWay = true)]
  public void Tell(string text) { Invoke("Tell", new object[] { text }); }

  [SoapDocumentMethod(Ns + "/Fail", RequestNamespace = Ns, ResponseNamespace = Ns)]
  public string Fail(string how) { return (string)Invoke("Fail", new object[] { how })[0]; }
}

static class BasketsClient {
  static int Main(string[] args) {
    Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
    Console.OutputEncoding = new UTF8Encoding(false);
    var version = args[0] == "soap11" ? SoapProtocolVersion.Soap11 : SoapProtocolVersion.Soap12;
    foreach (var url in args[2].Split(',')) {
      Console.WriteLine("# " + url);
      foreach (var row in args.Skip(3)) Run(new BasketsProxy { Url = url, SoapVersion = version, Timeout = 20000 }, row);
    }
    return 0;
  }

  static void Run(BasketsProxy service, string row) {
    var words = row.Split(' ');
    var echo = Array.IndexOf(words, ">");
    var given = words.Skip(1).Take((echo < 0 ? words.Length : echo) - 1).ToArray();
    var header = given.FirstOrDefault(word => word[0] == '^');
    if (header != null) service.SessionValue = new Session { User = header.Split('=')[1] };
    try {
      var value = Call(service, words[0], method => Arguments(method, given));
      Console.WriteLine(row + ": " + Dump.Of(value));
      if (echo >= 0) Console.WriteLine(row + ", back: " + Dump.Of(Call(service, words[echo + 1], method => new[] { value })));
    } catch (SoapException fault) {
      var detail = fault.Detail == null ? "none" : Dump.Quoted(fault.Detail.OuterXml);
      Console.WriteLine(row + ": fault " + fault.Code + ", " + Dump.Quoted(fault.Message) + ", detail " + detail);
    } catch (Exception error) {
      Console.WriteLine(row + ": error " + error.GetType().Name + " " + error.Message);
    }
  }

  static object Call(BasketsProxy service, string name, Func<MethodInfo, object[]> arguments) {
    var method = typeof(BasketsProxy).GetMethod(name);
    try {
      return method.Invoke(service, arguments(method));
    } catch (TargetInvocationException error) {
      throw error.InnerException;
    }
  }

  // A name that is not given is null.
  static object[] Arguments(MethodInfo method, string[] given) {
    return method.GetParameters().Select(parameter => {
      var pair = given.FirstOrDefault(word => word.StartsWith(parameter.Name + "=") || word[0] == '=');
      return pair == null ? null : Convert.ChangeType(pair.Split('=')[1], parameter.ParameterType, CultureInfo.InvariantCulture);
    }).ToArray();
  }
}
