// A WCF service with WS-Addressing: it takes a call only if wsa:To is its own address.
using System;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Text;
using System.Threading;

namespace Contoso.Addressed {
  [ServiceContract(Namespace = "urn:addressed")]
  public interface IAddressed {
    [OperationContract] string Echo(string text);
  }

  [ServiceBehavior(InstanceContextMode = InstanceContextMode.Single)]
  public class Addressed : IAddressed {
    public string Echo(string text) { return "echo " + text; }
  }

  public static class Program {
    public static void Main(string[] args) {
      var address = new Uri("http://127.0.0.1:" + args[0] + "/Legacy/Addressed.svc");
      var host = new ServiceHost(new Addressed(), address);
      var binding = new CustomBinding(
        new TextMessageEncodingBindingElement(MessageVersion.Soap12WSAddressing10, Encoding.UTF8),
        new HttpTransportBindingElement());
      host.AddServiceEndpoint(typeof(IAddressed), binding, "");
      host.Open();
      Console.WriteLine("ready " + address);
      Thread.Sleep(Timeout.Infinite);
    }
  }
}
