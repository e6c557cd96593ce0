// Serves the .asmx files of a directory with Mono's own System.Web: the pipeline that IIS runs, without IIS.
// (xsp4, Mono's server for it, does not start on Mono 6.8: it wants a type that Mono.Security no longer has.)
//
//   mono AsmxHost.exe DIRECTORY         the same program must also lie in DIRECTORY/bin. Prints `ready http://127.0.0.1:PORT/`.
//
// Ends when stdin closes, or on SIGTERM.
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Web;
using System.Web.Hosting;

namespace Contoso {
  static class Program {
    static void Main(string[] args) {
      Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
      var site = (Site)ApplicationHost.CreateApplicationHost(typeof(Site), "/", Path.GetFullPath(args[0]) + "/");
      Console.WriteLine("ready " + site.Listen());
      while (Console.In.ReadLine() != null) { }
      Process.GetCurrentProcess().Kill();
    }
  }

  // Lives in the application's own domain, and so must the listener: requests can't be handed across.
  public class Site : MarshalByRefObject {
    public override object InitializeLifetimeService() {
      return null;
    }

    public string Listen() {
      for (var tries = 5; ; tries--) {
        var url = "http://127.0.0.1:" + FreePort() + "/";
        var listener = new HttpListener();
        listener.Prefixes.Add(url);
        try {
          listener.Start();
        } catch (Exception error) {
          if (tries > 1 && (error is SocketException || error is HttpListenerException)) continue;
          throw;
        }
        ThreadPool.SetMinThreads(32, 32);
        var calls = new Thread(() => {
          while (true) {
            var context = listener.GetContext();
            ThreadPool.QueueUserWorkItem(_ => Carry(context));
          }
        });
        calls.IsBackground = true;
        calls.Start();
        return url;
      }
    }

    static void Carry(HttpListenerContext context) {
      try {
        HttpRuntime.ProcessRequest(new Worker(context));
      } catch (Exception error) {
        Console.Error.WriteLine("A call that could not be carried out: " + error);
        context.Response.Abort();
      }
    }

    static int FreePort() {
      var probe = new TcpListener(IPAddress.Loopback, 0);
      probe.Start();
      try {
        return ((IPEndPoint)probe.LocalEndpoint).Port;
      } finally {
        probe.Stop();
      }
    }
  }

  // One request and its response, in the terms of System.Web.
  class Worker : HttpWorkerRequest {
    readonly HttpListenerRequest request;
    readonly HttpListenerResponse response;
    readonly MemoryStream answer = new MemoryStream();

    public Worker(HttpListenerContext context) {
      request = context.Request;
      response = context.Response;
    }

    public override string GetUriPath() { return request.Url.AbsolutePath; }
    public override string GetQueryString() { return request.Url.Query.TrimStart('?'); }
    public override string GetRawUrl() { return request.RawUrl; }
    public override string GetHttpVerbName() { return request.HttpMethod; }
    public override string GetHttpVersion() { return "HTTP/" + request.ProtocolVersion; }
    public override string GetRemoteAddress() { return request.RemoteEndPoint.Address.ToString(); }
    public override int GetRemotePort() { return request.RemoteEndPoint.Port; }
    public override string GetLocalAddress() { return request.LocalEndPoint.Address.ToString(); }
    public override int GetLocalPort() { return request.LocalEndPoint.Port; }
    public override string GetAppPath() { return HttpRuntime.AppDomainAppVirtualPath; }
    public override string GetAppPathTranslated() { return HttpRuntime.AppDomainAppPath; }
    public override string GetFilePath() { return request.Url.AbsolutePath.Substring(0, FileEnd()); }
    public override string GetFilePathTranslated() { return MapPath(GetFilePath()); }
    public override string GetPathInfo() { return request.Url.AbsolutePath.Substring(FileEnd()); }

    // What follows the file is path info: the operation that HTTP GET and POST ask for.
    int FileEnd() {
      var path = request.Url.AbsolutePath;
      var end = path.IndexOf(".asmx/", StringComparison.OrdinalIgnoreCase);
      return end < 0 ? path.Length : end + ".asmx".Length;
    }

    public override string MapPath(string path) {
      return Path.Combine(HttpRuntime.AppDomainAppPath, path.TrimStart('/'));
    }

    public override string GetKnownRequestHeader(int index) {
      return request.Headers[GetKnownRequestHeaderName(index)];
    }

    public override string GetUnknownRequestHeader(string name) {
      return request.Headers[name];
    }

    public override int ReadEntityBody(byte[] buffer, int size) {
      return request.HasEntityBody ? request.InputStream.Read(buffer, 0, size) : 0;
    }

    public override void SendStatus(int code, string phrase) {
      response.StatusCode = code;
      response.StatusDescription = phrase;
    }

    public override void SendKnownResponseHeader(int index, string value) {
      Set(GetKnownResponseHeaderName(index), value);
    }

    public override void SendUnknownResponseHeader(string name, string value) {
      Set(name, value);
    }

    void Set(string name, string value) {
      // Framing is the listener's.
      if (name == "Content-Length" || name == "Transfer-Encoding" || name == "Connection") return;
      if (name == "Content-Type") response.ContentType = value;
      else response.AppendHeader(name, value);
    }

    public override void SendResponseFromMemory(byte[] data, int length) {
      answer.Write(data, 0, length);
    }

    public override void SendResponseFromFile(string file, long offset, long length) {
      throw new NotSupportedException();
    }

    public override void SendResponseFromFile(IntPtr handle, long offset, long length) {
      throw new NotSupportedException();
    }

    public override void FlushResponse(bool isFinal) { }

    public override void EndOfRequest() {
      response.ContentLength64 = answer.Length;
      answer.WriteTo(response.OutputStream);
      response.Close();
    }
  }
}
