// A WCF caller that goes where the metadata sends it, as code that svcutil generates does.
//
//   mono Announced.exe MEX-URL ORDER-ID      prints the addresses it was told, then the order's number.
using System;
using System.ServiceModel;
using System.ServiceModel.Description;
using Contoso.Orders;

static class Announced {
  static int Main(string[] args) {
    var metadata = new MetadataExchangeClient(new Uri(args[0]), MetadataExchangeClientMode.MetadataExchange).GetMetadata();
    var importer = new WsdlImporter(metadata);
    foreach (var endpoint in importer.ImportAllEndpoints()) {
      Console.WriteLine(endpoint.Address.Uri);
      var factory = new ChannelFactory<IOrderService>(new BasicHttpBinding(), endpoint.Address);
      Console.WriteLine(factory.CreateChannel().GetOrder(long.Parse(args[1])).Number);
    }
    foreach (var error in importer.Errors) Console.Error.WriteLine(error.Message);
    return 0;
  }
}
